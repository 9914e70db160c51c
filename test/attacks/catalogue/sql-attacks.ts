import { v7 as uuidv7 } from 'uuid';
import { claimsOf } from '../scene.ts';
import type { Attack } from './attack.ts';
import type { Stage } from './stage.ts';

export const authorOf = ({ north }: Stage) => claimsOf(north.member).sub;
export const inNorth = ({ north }: Stage) => ({ firm: north.id });
export const inPortal = ({ north }: Stage) => ({ firm: north.id, client: north.clientId });

export const insertNote = (stage: Stage, firm: string, title: string, id: string = uuidv7()) =>
	`insert into notes (firm_id, id, author_id, title) values ('${firm}', '${id}', '${authorOf(stage)}', ${title})`;

/** True, and leaves the transaction without a role. The statement itself keeps the privileges and row policies of its former role. */
export const GIVEN_UP = "set_config('role', 'none', true) = 'none'";

/** Privileges or row policies refuse it to the role. */
export const noPrivilege = (attack: string, run: Attack['run'], expected = '42501: no privilege'): Attack => ({
	attack,
	expected,
	layer: 'database lock',
	run,
});

/** A constraint or trigger refuses it to every role. */
export const rule = (attack: string, expected: string, run: Attack['run']): Attack => ({
	attack,
	expected,
	layer: 'database rule',
	run,
});
