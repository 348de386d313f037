"""The command dstack-simulator."""
import os
import sys

from dstack_simulator import SimulatorError, program


def main():
    try:
        path = program()
    except SimulatorError as error:
        sys.exit(f"dstack-simulator: {error}")
    os.execv(path, ["dstack-simulator", *sys.argv[1:]])


if __name__ == "__main__":
    main()
