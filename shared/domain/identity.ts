import { v5 as uuidOfName } from 'uuid'

/**
 * Every thing that crosses a border has an id that follows from what it is, so that doing it twice
 * is doing it once: whoever makes it, whenever, makes the same.
 */
const UPTICK = '6f3a1c0e-52b8-5d0f-9c57-8f6f3f1d2a90'

/** The job of one site at one slot. */
export function checkId(siteId: number, slotMs: number): string {
  return uuidOfName(`check/${siteId}/${slotMs}`, UPTICK)
}

/** The outage of a site that began at a slot. */
export function outageId(siteId: number, firstSlotMs: number): string {
  return uuidOfName(`outage/${siteId}/${firstSlotMs}`, UPTICK)
}

/** The id to use when one is taken. */
export function idAfter(id: string): string {
  return uuidOfName('next', id)
}

/** A message about an outage to a recipient: the left-hand side of its Message-ID. */
export function notificationId(
  outage: string,
  kind: string,
  channel: string,
  recipient: string,
): string {
  return uuidOfName(`notification/${outage}/${kind}/${channel}/${recipient}`, UPTICK)
}

/** The job that sends a notification, by its row; `round` tells a later sweep's job from the first. */
export function notifyJobId(notificationRow: number, round: string): string {
  return uuidOfName(`notify/${notificationRow}/${round}`, UPTICK)
}
