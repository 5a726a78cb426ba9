// Pure: the order of a list that does not jump while one reads. Rows that are listed stay where they are, new ones come last.

export function standing(order, rows, sort) {
  const ids = new Set(rows.map(({ id }) => id))
  const listed = order.filter((id) => ids.has(id))
  const isListed = new Set(listed)
  const added = sort(rows.filter(({ id }) => !isListed.has(id)))
  return [...listed, ...added.map(({ id }) => id)]
}
