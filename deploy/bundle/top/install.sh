#!/bin/sh
# 安装、修复或升级养老服务风险台账，不需要连接互联网。说明见旁边的“说明.txt”。
#   sudo ./install.sh          装到整台机器(/opt/ledger)
#   ./install.sh               没有管理员权限时，装到自己的文件夹(~/ledger)
#   ./install.sh --help        全部选项
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
# 先找这个安装包所用的版本；一个也没有时，由别的版本说明缺什么。
fits='import json, sys; sys.exit("%d.%d" % sys.version_info[:2] not in json.load(open(sys.argv[1]))["pythons"])'
for good in "$fits" 'import sys; sys.exit(sys.version_info < (3, 11))'; do
    for python in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 /usr/local/bin/python3; do
        if "$python" -P -c "$good" "$here/bundle.json" 2>/dev/null; then
            # 安装程序不在安装包里留下编译结果：安装包的校验以原样为准。
            PYTHONPATH="$here/app" PYTHONDONTWRITEBYTECODE=1 exec "$python" -P -m deploy.installer install "$@"
        fi
    done
done
echo "没有找到 Python 3.11 或更高版本。请先安装它，或用 PYTHON=/路径/python3.11 ./install.sh 指明。" >&2
exit 1
