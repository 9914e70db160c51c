import { expect, it } from 'vitest';
import { ACTIONS } from '../../src/audit/index.ts';
import { actionInWords } from '../../web/kit/text/actions-in-words.ts';

it('every action of the log has words', () => {
	const actions = Object.keys(ACTIONS);
	expect(actions.length).toBeGreaterThan(40);
	expect(actions.filter((action) => !/^[A-Z].* /.test(actionInWords(action)))).toEqual([]);
});

it.each(['lease.undo', 'constructor', 'toString', ''])(
	'an action of a version to come, such as “%s”, stays as it is',
	(action) => {
		expect(actionInWords(action)).toBe(action);
	},
);
