// The presenter's screen in a stream or in a frame of another page. Nobody reads banners or presses keys there, and nothing
// is stored: browsers keep that from frames.

import "./gate.js"
import "./kinds/more.js"
import "./screen_claps.js"
import "./screen_show.js"
import { on } from "./markup.js"
import { fetchPage } from "./regions.js"

const FIRST_REFUSAL = 400
const FIRST_FAILURE = 500

// A socket that is refused for good says so to nobody. The page does: what is revoked must not stay on the air.
async function leaveWhatIsRevoked() {
  try {
    const { status } = await fetchPage(location.href)
    if (status >= FIRST_REFUSAL && status < FIRST_FAILURE) location.reload()
  } catch {
    // no network: what was shown last is all there is
  }
}

on("live:session.gone", () => location.reload())
on("live:status", ({ hint }) => hint && leaveWhatIsRevoked())
