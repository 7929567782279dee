#!/bin/sh
# 离线安装 · Installs OneWindow into .venv beside this file, without any network. PYTHON=... picks the interpreter.
set -eu

cd "$(dirname "$0")"

stop() {
    for line in "$@"; do echo "install: $line" >&2; done
    exit 1
}

read -r wanted system machine <wheels/PYTHON

fits() {
    "$1" -c 'import platform, sys
sys.exit(["%d.%d" % sys.version_info[:2], platform.system(), platform.machine()] != sys.argv[1:])' \
        "$wanted" "$system" "$machine" 2>/dev/null
}

python=
for candidate in "${PYTHON:-python$wanted}" python3; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || stop "这个安装包要用 Python $wanted（$system $machine），这台电脑上没有" \
    "this bundle is for Python $wanted on $system $machine, which isn't here" \
    "install it from the system's own medium, name it with PYTHON=..., or make a bundle with the hall's Python"
"$python" -c 'import ensurepip, venv' 2>/dev/null \
    || stop "缺少 Python 的 venv 模块：请从系统安装盘安装 python$wanted-venv" \
        "Python's venv module is missing: install python$wanted-venv from the system's own medium"
sha256sum --check --quiet SHA256SUMS \
    || stop "安装包不完整或被改动过，请重新复制" "the bundle is damaged or was changed: copy it again"

echo "install: making .venv with $("$python" --version)"
rm -rf .venv
"$python" -m venv .venv
# --isolated: no setting of this machine adds another source.
.venv/bin/python -m pip --isolated install --quiet --disable-pip-version-check --no-input \
    --no-index --find-links wheels --require-hashes --requirement requirements/run.lock \
    || stop "安装失败，见上面的说明" "the installation failed, see above"

echo "install: 完成 done. 下一步 next:"
echo "    .venv/bin/python run.py doctor --data /srv/onewindow"
echo "    .venv/bin/python run.py serve --host 0.0.0.0 --data /srv/onewindow"
