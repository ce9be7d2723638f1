const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** @param {number} value */
export function count(value) {
  return whole.format(value);
}

/**
 * Few digits: these change every second.
 * @param {number} value
 */
export function rate(value) {
  return value >= 100 ? whole.format(value) : oneDigit.format(value);
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** @param {number} value */
export function bytes(value) {
  let rest = value;
  let unit = 0;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? whole.format(rest) : rate(rest)} ${units[unit]}`;
}

/**
 * A span of time in its two largest units.
 * @param {number} seconds
 */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** @param {number} ms */
export function milliseconds(ms) {
  return ms >= 1000 ? `${oneDigit.format(ms / 1000)} s` : `${oneDigit.format(ms)} ms`;
}

/**
 * The time of day of an ISO date, for the reader's own clock.
 * @param {string} iso
 */
export function timeOfDay(iso) {
  return new Date(iso).toLocaleTimeString("en-GB");
}
