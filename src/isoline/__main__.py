"""`python -m isoline`."""

from isoline.cli.main import run

if __name__ == "__main__":
    run()
