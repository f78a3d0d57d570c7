/** Maintenance and snapshot windows, in UTC (API reference, CreateReplicationGroup). */
import { invalidValue } from './rejection.ts';

const MINUTE_OF_DAY = String.raw`([01]\d|2[0-3]):([0-5]\d)`;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MAINTENANCE = new RegExp(`^(${DAYS.join('|')}):${MINUTE_OF_DAY}-(${DAYS.join('|')}):${MINUTE_OF_DAY}$`);
const SNAPSHOT = new RegExp(`^${MINUTE_OF_DAY}-${MINUTE_OF_DAY}$`);
const DAY = 24 * 60;
const DAYS_AHEAD = 3;
const LONGEST_RETENTION = 35;

export function maintenanceWindow(text: string): string {
  const [, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] =
    MAINTENANCE.exec(text.toLowerCase()) ?? [];
  if (!fromDay || !toDay) throw invalidValue(`Invalid Preferred Maintenance Window Format: ${text}`);
  const minute = (day: string, hour = '', minutes = ''): number =>
    DAYS.indexOf(day) * DAY + Number(hour) * 60 + Number(minutes);
  const length = minute(toDay, toHour, toMinute) - minute(fromDay, fromHour, fromMinute);
  if ((length + 7 * DAY) % (7 * DAY) < 60) {
    throw invalidValue(`The preferred maintenance window ${text} must be at least 60 minutes long.`);
  }
  return text.toLowerCase();
}

/** AWS chooses a window for who names none: an hour at night, here always some days away. */
export function windowOfChoice(now: number): string {
  const day = DAYS[(new Date(now).getUTCDay() + DAYS_AHEAD) % DAYS.length] ?? 'sun';
  return `${day}:05:00-${day}:06:00`;
}

/** Until the window begins the next time. */
export function untilMaintenance(window: string, now: number): number {
  const [, day = '', hour, minute] = MAINTENANCE.exec(window) ?? [];
  const at = new Date(now);
  at.setUTCHours(Number(hour), Number(minute), 0, 0);
  at.setUTCDate(at.getUTCDate() + ((DAYS.indexOf(day) - at.getUTCDay() + DAYS.length) % DAYS.length));
  if (at.getTime() <= now) at.setUTCDate(at.getUTCDate() + DAYS.length);
  return at.getTime() - now;
}

export function snapshotWindow(text: string): string {
  const [, fromHour, fromMinute, toHour, toMinute] = SNAPSHOT.exec(text) ?? [];
  if (fromHour === undefined) throw invalidValue(`Invalid Snapshot Window Format: ${text}`);
  const length = (Number(toHour) - Number(fromHour)) * 60 + Number(toMinute) - Number(fromMinute);
  if ((length + DAY) % DAY < 60)
    throw invalidValue(`The snapshot window ${text} must be at least 60 minutes long.`);
  return text;
}

export function snapshotRetention(days: number): number {
  if (Number.isInteger(days) && days >= 0 && days <= LONGEST_RETENTION) return days;
  throw invalidValue(`Invalid snapshot retention limit ${days}. Must be between 0 and ${LONGEST_RETENTION}.`);
}
