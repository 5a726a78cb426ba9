#!/usr/bin/env bash
# esbuild 0.28.2 bundles modules that fail as modules into a script that runs and says "undefined".
#
# Expected: a bundle behaves as its modules: who reads a `const` of a circular import too early gets "ReferenceError: Cannot
# access … before initialization", in development and in the bundle alike; or esbuild warns of the circle.
# Instead: it makes `var` of every const, let and class at the top of a module, also with a target that knows them, so that
# the early read is undefined and the page goes on with it. No warning at any log level, no option keeps const.
# Here: tests/home/test_bundles.py lets no modules import each other in a circle.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent esbuild@0.28.2
cat > votes.mjs <<'JS'
import { label } from "./labels.mjs"
export const unit = "votes"
export const shown = label
JS
cat > labels.mjs <<'JS'
import { unit } from "./votes.mjs"
export const label = `3 ${unit}`
JS
cat > page.mjs <<'JS'
import { shown } from "./votes.mjs"
console.log(shown)
JS
npx esbuild page.mjs --bundle --format=esm --target=esnext --log-level=verbose --outfile=bundle.mjs 2> said
warnings=$(grep -c 'WARNING' said || true)
modules=$(node page.mjs 2>&1 | grep -o 'ReferenceError.*' || true)
bundle=$(node bundle.mjs)
echo "as modules: $modules"
echo "bundled, with $warnings warnings: $bundle"
grep -n 'unit' bundle.mjs
[ "$modules" = "ReferenceError: Cannot access 'unit' before initialization" ]
[ "$bundle" = "3 undefined" ] && [ "$warnings" = 0 ]
