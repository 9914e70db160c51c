import type { VaultState } from '../../../src/client/vault/index.ts';
import { Field } from '../../kit/parts/index.ts';
import type { PersonOfFirm } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';

/** Ids of the owners who hold a share, and how many of them together bring the person back. */
export interface SharesDraft {
	readonly holders: readonly string[];
	readonly k: number;
}

interface SharesFieldsProps {
	readonly state: VaultState;
	/** The other owners. */
	readonly holders: readonly PersonOfFirm[];
	/** Null: no shares. */
	readonly shares: SharesDraft | null;
	readonly onChange: (shares: SharesDraft | null) => void;
}

const FEWEST = 2;

/** Shares for other owners, of whom there must be two at least. */
export function SharesFields({ state, holders, shares, onChange }: SharesFieldsProps) {
	const usable = holders.filter(({ devices }) => devices.length > 0).map(({ person }) => person);
	const isPossible = usable.length >= FEWEST;
	const choose = (person: string, isChosen: boolean) => {
		if (shares === null) return;
		const chosen = usable.filter((each) => (each === person ? isChosen : shares.holders.includes(each)));
		if (chosen.length >= FEWEST) onChange({ holders: chosen, k: Math.min(shares.k, chosen.length) });
	};
	return (
		<>
			<label className="choice">
				<input
					type="checkbox"
					checked={shares !== null}
					disabled={!isPossible}
					onChange={({ target }) => onChange(target.checked ? { holders: usable, k: FEWEST } : null)}
				/>
				<span>
					<strong>Shares that other owners hold</strong>{' '}
					<span className="quiet">
						{isPossible
							? 'None of them can use a share alone. Enough of them together let a new browser of yours join, after each has compared a code with you.'
							: 'For this, the firm needs two other owners with a device each.'}
					</span>
				</span>
			</label>
			{shares !== null && (
				<fieldset className="stack tight">
					<legend>Who holds a share</legend>
					{usable.map((person) => (
						<label key={person} className="choice">
							<input
								type="checkbox"
								checked={shares.holders.includes(person)}
								onChange={({ target }) => choose(person, target.checked)}
							/>
							<span>
								<PersonName state={state} person={person} />
							</span>
						</label>
					))}
					<Field label="How many of them are needed" hint="At least two, so that no one alone can come in your name.">
						{(control) => (
							<select
								{...control}
								value={shares.k}
								onChange={({ target }) => onChange({ ...shares, k: Number(target.value) })}
							>
								{Array.from({ length: shares.holders.length - FEWEST + 1 }, (_, index) => FEWEST + index).map(
									(count) => (
										<option key={count} value={count}>
											{count}
										</option>
									),
								)}
							</select>
						)}
					</Field>
				</fieldset>
			)}
		</>
	);
}
