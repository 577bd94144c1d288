"""导入导出: its page, and the pieces that only it uses."""
