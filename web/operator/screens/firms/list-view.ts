import { startOfDay } from '../../../kit/text/local-time.ts';
import { useFirm } from './firm-context.ts';

/** How a person wants to see a list. Empty texts restrict nothing. */
export interface ListView {
	readonly order: string;
	readonly status: string;
	readonly clientId: string;
	readonly authorId: string;
	/** Days, as a date control has them. */
	readonly from: string;
	readonly to: string;
}

const UNFILTERED = { status: '', clientId: '', authorId: '', from: '', to: '' } as const;

export function useListView(tab: string, order: string) {
	const { views, setView } = useFirm();
	const view: ListView = views.get(tab) ?? { order, ...UNFILTERED };
	return { view, change: (part: Partial<ListView>) => setView(tab, { ...view, ...part }) };
}

export const isFiltered = ({ status, clientId, authorId, from, to }: ListView): boolean =>
	[status, clientId, authorId, from, to].some((each) => each !== '');

/** What of a view the API filters by, with the names that most lists have. */
export const partsOf = ({ clientId, authorId, from, to }: ListView) => ({
	...(authorId && { authorId }),
	...(clientId && { clientId }),
	...(from && { createdFrom: startOfDay(from) }),
	...(to && { createdBefore: startOfDay(to, 1) }),
});
