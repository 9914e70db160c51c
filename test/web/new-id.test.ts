import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { newId } from '../../web/kit/api/new-id.ts';

it('makes UUIDs of version 7 that begin with their moment, in lower case', () => {
	const id = newId(0x0192_3456_789a);
	expect(id).toMatch(/^01923456-789a-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect(validate(id) && version(id)).toBe(7);
});

it('makes another one each time, in the order of time', () => {
	const ids = Array.from({ length: 1000 }, (_, moment) => newId(moment));
	expect(new Set(ids.map((id) => id.slice(14))).size).toBe(1000);
	expect(ids.toSorted()).toEqual(ids);
});
