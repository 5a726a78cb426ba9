# Thin names for tools/; what each one does is said there.
PYTHON ?= python3

.PHONY: run test check bench soak etherpad clean lock
run test check bench soak etherpad clean lock:
	@$(PYTHON) -m tools $@
