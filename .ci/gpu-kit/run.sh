#!/usr/bin/env bash
# On the machine with the GPU, in the clone: bash .gpu-kit/run.sh [STAGE …]     Results go to $OUT (dist/cuda).
set -euo pipefail
kit=$(cd "$(dirname "$0")" && pwd)
cd "$kit/.."

python3 -m pip install --quiet --no-index --no-deps --no-compile --no-cache-dir "$kit"/wheels/*.whl
tar xzf "$kit/texts.tar.gz" -C "$(python3 -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
command -v bwrap >/dev/null || dpkg -x "$kit"/bubblewrap*.deb /

exec python3 -u -m grader.marking.proving.cuda --out "${OUT:-dist/cuda}" "$@"
