import { writeFileSync } from 'node:fs'

const SEED = 20_260_101
const ROWS = 500
const CUSTOMERS = 120
const BEGIN_MS = Date.UTC(2026, 0, 1)
const LONGEST_STEP_MS = 2 * 60 * 60 * 1000
const LATE_SHARE = 0.08
const LATEST_BY_ROWS = 200

const COLUMNS = 'customer_id,event_time,postal_code,orders_30d,spend_30d,favorite_category,is_subscriber'
const CATEGORIES = ['books', 'garden', 'home, kitchen', 'music', 'outdoor', 'toys']

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The text of `orders.csv`: what a shop knew about its customers' orders at a time. Some rows come late, after newer
 * ones of the same customer; some cells are empty; postal codes begin with zeros; no two rows have the same time.
 */
export function makeOrders(): string {
  const random = randomNumbers(SEED)
  const upTo = (count: number) => Math.floor(random() * count)
  const postalCodes = Array.from({ length: CUSTOMERS }, () => String(upTo(100_000)).padStart(5, '0'))

  function row(timeMs: number): string {
    const customer = upTo(CUSTOMERS)
    const orders = upTo(12)
    const spend = orders === 0 ? '' : (orders * (5 + random() * 80)).toFixed(2)
    const category = random() < 0.1 ? '' : (CATEGORIES[upTo(CATEGORIES.length)] ?? '')
    const cells = [
      `C-${String(customer + 1).padStart(4, '0')}`,
      new Date(timeMs).toISOString(),
      postalCodes[customer] ?? '',
      String(orders),
      spend,
      category.includes(',') ? `"${category}"` : category,
      String(random() < 0.4),
    ]
    return cells.join(',')
  }

  const rows: string[] = []
  let timeMs = BEGIN_MS
  while (rows.length < ROWS) {
    timeMs += 1 + upTo(LONGEST_STEP_MS)
    rows.push(row(timeMs))
  }
  return `${[COLUMNS, ...delaySome(rows, random)].join('\n')}\n`
}

/** The same rows, a few of them moved behind later ones. */
function delaySome(rows: string[], random: () => number): string[] {
  const places = rows.map((row, index) => ({
    row,
    place: random() < LATE_SHARE ? index + 1 + random() * LATEST_BY_ROWS : index,
  }))
  return places.sort((a, b) => a.place - b.place).map(({ row }) => row)
}

if (import.meta.main) writeFileSync(new URL('orders.csv', import.meta.url), makeOrders())
