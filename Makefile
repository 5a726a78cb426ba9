# Thin names for tools/; what each one does is said there.
PYTHON ?= python3

.PHONY: run test coverage pythons check bundle messages bench soak deploy-check sbom audit licences etherpad clean lock
run test coverage pythons check bundle messages bench soak deploy-check sbom audit licences etherpad clean lock:
	@$(PYTHON) -m tools $@
