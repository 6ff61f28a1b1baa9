// What a status page does beside being read: it tells of the day under the pointer, and keeps open what
// was opened when news is woven in.

const tip = document.createElement('div')
tip.className = 'day-tip'
tip.hidden = true
document.body.append(tip)

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const DAY_MS = 86_400_000

/** The runs of `data-days` are [how many days, what there is to say of each]. */
function textOfDay(bars, index) {
  let passed = 0
  for (const [count, text] of JSON.parse(bars.dataset.days)) {
    passed += count
    if (index < passed) return text
  }
  return null
}

function showDay(event) {
  const bars = event.target.closest?.('svg.bars[data-days]')
  if (!bars) {
    tip.hidden = true
    return
  }
  // The browser's own tips would come on top.
  for (const title of bars.querySelectorAll('title')) title.remove()
  const box = bars.getBoundingClientRect()
  const days = bars.viewBox.baseVal.width / 10
  const index = Math.min(
    days - 1,
    Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * days)),
  )
  const text = textOfDay(bars, index)
  if (text === null) return
  const day = document.createElement('b')
  day.textContent = dayFormat.format(Date.parse(bars.dataset.first) + index * DAY_MS)
  tip.replaceChildren(day, document.createElement('br'), text)
  tip.hidden = false
  const left = box.left + ((index + 0.5) / days) * box.width - tip.offsetWidth / 2
  const right = document.documentElement.clientWidth - tip.offsetWidth - 8
  tip.style.left = `${Math.max(8, Math.min(left, right))}px`
  tip.style.top = `${box.top + window.scrollY - tip.offsetHeight - 8}px`
}

document.addEventListener('pointermove', showDay)
document.addEventListener('pointerdown', showDay)
document.addEventListener('scroll', () => {
  tip.hidden = true
})
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tip.hidden = true
})

// The server does not know what a visitor has opened.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
  !(name === 'open' && node.tagName === 'DETAILS')
