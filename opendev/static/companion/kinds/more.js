// The kinds that index.js does not have by itself.

import { register } from "./index.js"
import number from "./number.js"
import points from "./points.js"
import ranking from "./ranking.js"
import scale from "./scale.js"
import text from "./text.js"
import words from "./words.js"

register(scale, ranking, points, words, text, number)
