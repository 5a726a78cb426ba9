// Several choices. polls/kinds/multiple.py is the server's side.

export default { name: "multiple", field: "options", input: "checkbox", oneRow: false }
