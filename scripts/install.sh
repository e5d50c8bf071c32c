#!/bin/sh
# Makes the virtual environment $1 and installs $2 into it, PyTorch first, so that no resolver pulls CUDA packages
# onto a machine without a GPU.
set -eu
venv=$1
what=$2
python=${PYTHON:-python3}
version=${TORCH_VERSION:-2.13.0}

if ! "$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))'; then
    echo "frontdesk needs Python 3.11 or newer; name one: make run PYTHON=python3.11" >&2
    exit 2
fi
if [ ! -x "$venv/bin/pip" ] && ! "$python" -m venv "$venv"; then
    echo "cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 2
fi

if ! "$venv/bin/python" -c "import torch, sys; sys.exit(not torch.__version__.startswith('$version'))" 2>/dev/null; then
    index=${TORCH_INDEX:+--index-url $TORCH_INDEX}
    if [ -e /dev/nvidiactl ] || [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
        # shellcheck disable=SC2086
        "$venv/bin/pip" install -q $index "torch==$version"
    # shellcheck disable=SC2086
    elif ! "$venv/bin/pip" install -q $index "torch==$version+cpu"; then
        echo "PyTorch's CPU build $version+cpu is not on your package index;" \
            "name PyTorch's index of CPU wheels: make run TORCH_INDEX=https://..." >&2
        exit 2
    fi
fi
"$venv/bin/pip" install -q -e "$what"
