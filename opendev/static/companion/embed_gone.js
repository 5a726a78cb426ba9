// What stands where an embed was, or is not yet: empty, until its event is no draft any more, or its server is there again.

import "./gate.js"
import { fetchPage } from "./regions.js"

const AGAIN_AFTER = 60_000
const FOUND = 200

async function comeBack() {
  try {
    const { status } = await fetchPage(location.href)
    if (status === FOUND) location.reload()
  } catch {
    // no network: the next look will tell
  }
}

setInterval(comeBack, AGAIN_AFTER)
