"""Fuzzing with coverage (atheris, libFuzzer): whatever bytes come in, the program answers with its own problems, in bounded time and memory.

    python -m fuzz --seconds 60             each target for a minute, two at a time
    python -m fuzz --seconds 3600 csv html  some of them for an hour

`targets.py` says what is fed and what must hold; `harmless.py` what a report must not become. An input that broke something is kept in `kept/`, and tried
in every test run (`test_fuzz.py`). Run from `tests/`, or with it on PYTHONPATH; needs `pip install 'servanda[fuzz]'`.
"""
