"""热点分析: its page, and the pieces that only it uses."""
