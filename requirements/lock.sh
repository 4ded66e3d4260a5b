#!/bin/sh
# Resolves the hashed requirements for every supported Python and platform. Usage: lock.sh PATH-TO-UV
# The build backend is part of both files, so that installing needs no isolated build.
set -eu
uv=$1
cd "$(dirname "$0")/.."
options="--quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate"
# shellcheck disable=SC2086 # the options are words
"$uv" pip compile $options pyproject.toml requirements/build.in --output-file requirements/run.txt
# shellcheck disable=SC2086
"$uv" pip compile $options pyproject.toml requirements/build.in --group dev --constraint requirements/run.txt \
  --output-file requirements/dev.txt
