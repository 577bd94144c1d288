#!/bin/sh
# 卸载程序，保留全部数据(数据库、密钥、备份、设置)，并说明它们在哪里。
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
for python in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 /usr/local/bin/python3; do
    if "$python" -P -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHONPATH="$here/app" PYTHONDONTWRITEBYTECODE=1 exec "$python" -P -m deploy.installer uninstall "$@"
    fi
done
echo "没有找到 Python 3.11 或更高版本。" >&2
exit 1
