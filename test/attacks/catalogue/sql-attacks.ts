import { v7 as uuidv7 } from 'uuid';
import { claimsOf } from '../scene.ts';
import type { Attack } from './attack.ts';
import type { Stage } from './stage.ts';

export const authorOf = ({ north }: Stage) => claimsOf(north.member).sub;
export const inNorth = ({ north }: Stage) => ({ firm: north.id });
export const inPortal = ({ north }: Stage) => ({ firm: north.id, client: north.clientId });

export const insertNote = (stage: Stage, firm: string, title: string, id: string = uuidv7()) =>
	`insert into notes (firm_id, id, author_id, title) values ('${firm}', '${id}', '${authorOf(stage)}', ${title})`;

/** Refused to the role by privileges or row policies. */
export const noPrivilege = (attack: string, run: Attack['run'], expected = '42501: no privilege'): Attack => ({
	attack,
	expected,
	layer: 'database lock',
	run,
});

/** Refused by a constraint, whoever writes. */
export const rule = (attack: string, expected: string, run: Attack['run']): Attack => ({
	attack,
	expected,
	layer: 'database rule',
	run,
});
