import { sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/pg-core';

/**
 * Milliseconds, as JavaScript's Date and the cursors have them, of the domain `moment` (drizzle/0000_domain.sql), which refuses what they
 * can't hold: no login stops who reads a row by a time in it. PostgreSQL writes `0001-01-01 00:00:00+00`, of which Date makes the year
 * 2001; of ISO 8601 it doesn't.
 */
export const time = customType<{ data: Date; driverData: string }>({
	dataType: () => 'moment',
	toDriver: (value) => value.toISOString(),
	fromDriver: (text) => new Date(text.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00')),
});

/** The time of the transaction that makes the row. */
export const transactionTime = (name: string) => time(name).notNull().default(sql`now()`);

export const createdAt = () => transactionTime('created_at');
