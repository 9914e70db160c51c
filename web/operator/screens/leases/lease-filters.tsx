import { LEASE_STATES } from '../../../../src/access/lease-state-machine.ts';
import type { BreakGlassLeasesQueryVariables, LeaseState } from '../../../kit/api/operator.generated.ts';
import { leaseStateInWords } from '../../../kit/lease/index.ts';
import { SelectField } from '../../../kit/parts/index.ts';
import { FirmSelect } from '../../firms/index.ts';

/** '' is no condition. */
export interface LeaseChoice {
	readonly state: LeaseState | '';
	readonly firm: string;
	readonly requester: string;
	readonly review: 'OPEN' | 'DONE' | '';
}

export const NO_CHOICE: LeaseChoice = { state: '', firm: '', requester: '', review: '' };

export const variablesOf = ({ state, firm, requester, review }: LeaseChoice): BreakGlassLeasesQueryVariables => ({
	...(firm && { firmId: firm }),
	filter: {
		...(state && { state }),
		...(requester && { requestedById: requester }),
		...(review && { isReviewed: review === 'DONE' }),
	},
});

const STATE_OPTIONS = LEASE_STATES.map((state) => [state, leaseStateInWords(state)] as const);
const REVIEWS = [
	['OPEN', 'Not reviewed'],
	['DONE', 'Reviewed'],
] as const;

interface Named {
	readonly id: string;
	readonly name: string;
}

interface LeaseFiltersProps {
	readonly choice: LeaseChoice;
	/** Leases of the list, whose requesters can be chosen. */
	readonly seen: readonly { readonly requestedById: string; readonly requester: Named | null }[];
	readonly viewer: Named & { readonly operatorRoles: readonly string[] };
	readonly onChange: (choice: LeaseChoice) => void;
}

export function LeaseFilters({ choice, seen, viewer, onChange }: LeaseFiltersProps) {
	const set = (change: Partial<LeaseChoice>) => onChange({ ...choice, ...change });
	return (
		<search className="grid filters" aria-label="Filter the leases">
			<SelectField
				label="State"
				value={choice.state}
				options={STATE_OPTIONS}
				none="Every state"
				onChange={(state) => set({ state })}
			/>
			<FirmSelect value={choice.firm} onChange={(firm) => set({ firm })} />
			<SelectField
				label="Asked for by"
				value={choice.requester}
				options={requestersOf(choice, seen, viewer)}
				none="Everyone"
				onChange={(requester) => set({ requester })}
			/>
			<SelectField
				label="Review"
				value={choice.review}
				options={REVIEWS}
				none="Reviewed or not"
				onChange={(review) => set({ review })}
			/>
		</search>
	);
}

function requestersOf(
	{ requester }: LeaseChoice,
	seen: LeaseFiltersProps['seen'],
	viewer: LeaseFiltersProps['viewer'],
): readonly (readonly [string, string])[] {
	const names = new Map<string, string>();
	if (viewer.operatorRoles.includes('OPERATOR')) names.set(viewer.id, 'Me');
	for (const { requestedById: id, requester: person } of seen)
		if (!names.has(id)) names.set(id, person ? person.name : `account …${id.slice(-8)}`);
	if (requester && !names.has(requester)) names.set(requester, `account …${requester.slice(-8)}`);
	return [...names];
}
