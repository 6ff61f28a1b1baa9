import type { Facts } from './ground-truth-message.ts'
import { overlay } from './script.ts'
import type { Script, ScriptedSite } from './truth.ts'

/** The script of a site as it came to be played: with the orders that were given, and with what its door really did. */
export function asItWas({ number, place, script }: ScriptedSite, facts: Facts): Script {
  const played = facts.orders
    .filter(({ sites }) => sites === 'all' || sites.includes(number))
    .reduce<Script>(overlay, script)
  if (place !== 'door') return played
  return facts.closed
    .filter((door) => door.number === number)
    .reduce<Script>(
      (periods, { fromMs, untilMs }) => overlay(periods, { fromMs, untilMs, mode: 'refuse' }),
      played.filter(({ mode }) => mode !== 'refuse'),
    )
}
