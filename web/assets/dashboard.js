// What the dashboard needs of scripts besides htmx. Without them everything can be used as well.

document.documentElement.classList.add('scripted')

const PHASES = ['--phase-1', '--phase-2', '--phase-3', '--phase-4', '--phase-5']
const CHART_HEIGHT = 260
const REFRESH_MS = 60_000
const DAY_S = 86_400

const colourOf = (name) => {
  // light-dark() is resolved only where a colour is used.
  const probe = document.createElement('i')
  probe.className = 'colour-probe'
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

// Each phase lies on top of those before it: what is drawn is the sum so far.
const stack = (phases) => {
  const sums = []
  for (const { ms } of phases) {
    const below = sums.at(-1)
    sums.push(ms.map((value, index) => (value ?? 0) + (below ? below[index] : 0)))
  }
  return sums
}

// A gap in what was observed is a gap in the chart: no line leads over it.
const withGaps = (at, sums) => {
  const steps = at.slice(1).map((second, index) => second - at[index])
  const usual = Math.min(...steps)
  const seconds = []
  const rows = sums.map(() => [])
  at.forEach((second, index) => {
    if (index > 0 && second - at[index - 1] > usual * 1.5) {
      seconds.push(second - usual / 2)
      for (const row of rows) row.push(null)
    }
    seconds.push(second)
    sums.forEach((sum, which) => {
      rows[which].push(sum[index])
    })
  })
  return [seconds, ...rows]
}

// All instants of the dashboard are in UTC.
const instantText = (second) =>
  `${new Date(second * 1000).toISOString().slice(5, 16).replace('T', ' ')} UTC`
const tickText = (second, step) => instantText(second).slice(...(step < DAY_S ? [6, 11] : [0, 5]))

const drawChart = (place, { at, phases }) => {
  place.textContent = ''
  if (at.length === 0) {
    place.textContent = 'No response times in this time.'
    return
  }
  const used = phases.filter(({ ms }) => ms.some((value) => value !== null && value > 0))
  const [seconds, ...sums] = withGaps(at, stack(used))
  const axis = {
    stroke: colourOf('--soft'),
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  }
  // The highest is drawn first, so that the lower ones lie before it.
  const order = used.map((_, index) => index).reverse()
  const series = order.map((index) => {
    const colour = colourOf(PHASES[phases.indexOf(used[index])])
    return {
      label: used[index].name,
      fill: colour,
      stroke: colour,
      width: 1,
      points: { show: false },
      value: (chart, _, __, at) => {
        if (at === null) return '–'
        const own = chart.data[order.indexOf(index) + 1][at]
        const below = index === 0 ? 0 : chart.data[order.indexOf(index - 1) + 1][at]
        return own === null ? '–' : `${Math.round(own - below)} ms`
      },
    }
  })
  new uPlot(
    {
      width: place.clientWidth,
      height: CHART_HEIGHT,
      series: [
        { label: 'At', value: (_, second) => (second === null ? '–' : instantText(second)) },
        ...series,
      ],
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), 'Etc/UTC'),
      axes: [
        {
          ...axis,
          values: (_, splits, __, ___, step) => splits.map((second) => tickText(second, step)),
        },
        { ...axis, size: 64, values: (_, splits) => splits.map((value) => `${value} ms`) },
      ],
      scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.1, 1)] } },
      cursor: { y: false },
    },
    [seconds, ...order.map((index) => sums[index])],
    place,
  )
}

const showChart = async (place) => {
  const answer = await fetch(place.dataset.url, { headers: { accept: 'application/json' } })
  if (answer.ok) drawChart(place, await answer.json())
}

const place = document.getElementById('latency-chart')
if (place !== null) {
  const show = () => void showChart(place)
  show()
  setInterval(show, REFRESH_MS)
  addEventListener('resize', show)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show)
}

// What is shown is fetched anew when the server has news. A page that nobody looks at holds no
// connection: a browser has few of them for one server.
let news = null
const listen = () => {
  news?.close()
  news = null
  if (document.hidden || !document.querySelector('[hx-trigger*="news"]')) return
  news = new EventSource('/dashboard/events')
  news.addEventListener('news', () => htmx.trigger(document.body, 'news'))
}
document.addEventListener('visibilitychange', listen)
listen()

// Whoever does not see the words below a field hears that there is a problem with it.
document.addEventListener('htmx:oobAfterSwap', (event) => {
  // The event has the element that was replaced.
  const problem = document.getElementById(event.detail.target.id)
  if (!problem?.classList.contains('problem')) return
  const field = document.getElementById(problem.id.replace(/-problem$/, ''))
  if (field === null) return
  if (problem.textContent === '') field.removeAttribute('aria-invalid')
  else field.setAttribute('aria-invalid', 'true')
})
