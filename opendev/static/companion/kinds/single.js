// One choice. polls/kinds/single.py is the server's side.

export default { name: "single", field: "options", input: "radio", oneRow: true }
