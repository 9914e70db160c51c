import type { AuditDecision, AuditEntriesQueryVariables } from '../../../kit/api/operator.generated.ts';
import { isId } from '../../../kit/ids.ts';

/** What is typed into the filter; '' is no condition. */
export interface LogChoice {
	readonly firm: string;
	readonly action: string;
	readonly actor: string;
	readonly decision: AuditDecision | '';
	readonly coordinate: string;
	readonly record: string;
	readonly lease: string;
	/** In the reader's zone, as <input type="datetime-local"> has them. */
	readonly from: string;
	readonly before: string;
}

export const NO_CHOICE: LogChoice = {
	firm: '',
	action: '',
	actor: '',
	decision: '',
	coordinate: '',
	record: '',
	lease: '',
	from: '',
	before: '',
};

const ACTION = /^[a-z]{1,32}\.[a-z]{1,32}$/;
const COORDINATE = /^[A-Za-z]{1,63}\.[A-Za-z]{1,63}$/;

type Wrong = Partial<Record<keyof LogChoice, string>>;

/** What the API would refuse, by field. */
export function wrongIn({ action, actor, coordinate, record, lease, from, before }: LogChoice): Wrong {
	const id = 'An id is 32 hexadecimal digits with hyphens, in lower case.';
	return {
		...(action && !ACTION.test(action) && { action: 'Two words with a point between, such as content.open.' }),
		...(coordinate && !COORDINATE.test(coordinate) && { coordinate: 'A type and a field, such as Note.title.' }),
		...(actor && !isId(actor) && { actor: id }),
		...(record && !isId(record) && { record: id }),
		...(lease && !isId(lease) && { lease: id }),
		...(from && before && from >= before && { before: 'The end is not after the beginning.' }),
	};
}

const moment = (local: string): string => new Date(local).toISOString();

export const variablesOf = (choice: LogChoice): AuditEntriesQueryVariables => {
	const { firm, action, actor, decision, coordinate, record, lease, from, before } = choice;
	return {
		...(firm && { firmId: firm }),
		orderBy: 'NEWEST_FIRST',
		filter: {
			...(action && { action }),
			...(actor && { actorId: actor }),
			...(decision && { decision }),
			...(coordinate && { coordinate }),
			...(record && { recordId: record }),
			...(lease && { leaseId: lease }),
			...(from && { atFrom: moment(from) }),
			...(before && { atBefore: moment(before) }),
		},
	};
};
