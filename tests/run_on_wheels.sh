#!/bin/sh
# Builds the wheels, installs them in an environment of their own, and runs the tests there without the sources: what is
# published works, and nothing was left out of it. Usage: tests/run_on_wheels.sh [PYTHON]
set -eu

python=${1:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/venv"
pip="$work/venv/bin/python -m pip --disable-pip-version-check --quiet"
$pip install --require-hashes -r "$root/requirements/dev.txt"
$pip install --require-hashes -r "$root/requirements/durable.txt"
$pip wheel --no-deps --wheel-dir "$work/wheels" "$root" "$root"/plugins/*/
$pip install --no-deps "$work"/wheels/*.whl

mkdir "$work/tree"
cd "$root"
git ls-files -z | tar --null --create --files-from=- | tar --extract --directory "$work/tree"
cd "$work/tree"
rm -rf core plugins/*/src

# What these look at is in the sources only: who imports whom, which problem codes are documented, where editors look.
# The packs lie where their wheels were installed, and are tested there. Spark is run once, from the tree.
"$work/venv/bin/python" -m pytest --quiet -p no:cacheprovider -k "not points_editors" \
  --ignore=tests/test_layers.py --ignore=tests/test_packs_load.py --ignore=tests/test_cohort_spark.py \
  $(printf -- '--pack %s ' $(ls plugins))
