"""What people of ill will, broken programs and bad luck send; see test_hostile.py."""
