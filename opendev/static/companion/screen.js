// The presenter's screen as a page of its own: what it shows, and its keys and banners.

import "./gate.js"
import "./kinds/more.js"
import "./connection.js"
import "./keys.js"
import "./keys_dialog.js"
import "./screen_acts.js"
import "./screen_claps.js"
import "./screen_show.js"
