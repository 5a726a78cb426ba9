"""The programs that `make` calls. Standard library only: these files run before anything is installed."""
