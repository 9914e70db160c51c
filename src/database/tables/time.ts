import { sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/pg-core';

/**
 * A time in milliseconds, of the domain `moment` (drizzle/0000_domain.sql), which refuses times that a Date or a cursor cannot hold: so no login
 * can write a time that makes readers fail. Date would read PostgreSQL's `0001-01-01 00:00:00+00` as the year 2001, but reads ISO 8601 correctly.
 */
export const time = customType<{ data: Date; driverData: string }>({
	dataType: () => 'moment',
	toDriver: (value) => value.toISOString(),
	fromDriver: (text) => new Date(text.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00')),
});

export const transactionTime = (name: string) => time(name).notNull().default(sql`now()`);

export const createdAt = () => transactionTime('created_at');
