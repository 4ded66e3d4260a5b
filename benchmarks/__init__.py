"""What the speed promises are measured with: `python -m benchmarks [name …]`; docs/performance.md has the figures."""
