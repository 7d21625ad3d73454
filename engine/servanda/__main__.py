"""`python -m servanda`"""

from servanda.cli import main

main()
