/** Maintenance and snapshot windows, in UTC (API reference, CreateReplicationGroup). */
import { invalidValue } from './rejection.ts';

const MINUTE_OF_DAY = String.raw`([01]\d|2[0-3]):([0-5]\d)`;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MAINTENANCE = new RegExp(`^(${DAYS.join('|')}):${MINUTE_OF_DAY}-(${DAYS.join('|')}):${MINUTE_OF_DAY}$`);
const SNAPSHOT = new RegExp(`^${MINUTE_OF_DAY}-${MINUTE_OF_DAY}$`);
const DAY = 24 * 60;
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
