"""Entry of every make target: finds a Python that is new enough, then runs the named command.

Written in syntax that Python 2.7 still parses, so that an old interpreter prints a sentence and not a traceback.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NEWEST_TRIED = (3, 13)


def is_supported():
    return OLDEST <= sys.version_info[:2] <= NEWEST_TRIED


def hand_over_to_a_supported_python():
    for name in ("python3.13", "python3.12", "python3.11"):
        try:
            with open(os.devnull, "w") as nowhere:
                found = subprocess.call([name, "-c", ""], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            found = False
        if found:
            os.execvp(name, [name, "-m", "scripts"] + sys.argv[1:])


def main():
    if not is_supported():
        hand_over_to_a_supported_python()
    if sys.version_info[:2] < OLDEST:
        have = "{0}.{1}".format(*sys.version_info[:2])
        sys.stderr.write(
            "Python 3.11 or newer is needed, and %s is %s. Install one, or name it: make run PYTHON=...\n"
            % (sys.executable, have)
        )
        return 1
    from scripts.commands import main as run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
