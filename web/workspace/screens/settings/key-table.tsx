import type { FirmKeyState } from '../../../kit/api/workspace.generated.ts';
import { Time } from '../../../kit/text/time.tsx';
import { CLASS_WORDS } from '../../jobs/job-words.ts';
import type { FirmKey } from './firm-keys.tsx';
import { RotateKey } from './rotate-key.tsx';

const STATES: Readonly<Record<FirmKeyState, readonly [badge: string, words: string]>> = {
	ACTIVE: ['badge good', 'In use'],
	RETIRED: ['badge', 'Opens what it encrypted before'],
	DISABLED: ['badge warn', 'Disabled: opens nothing'],
	DESTROYED: ['badge bad', 'Destroyed for good'],
};

interface KeyTableProps {
	readonly keys: readonly FirmKey[];
	readonly onRotated: () => Promise<unknown>;
}

export const KeyTable = ({ keys, onRotated }: KeyTableProps) => (
	<div className="table">
		<table className="cards">
			<caption className="said">Versions of your firm’s keys</caption>
			<thead>
				<tr>
					<th scope="col">Keys of</th>
					<th scope="col" className="number">
						Version
					</th>
					<th scope="col">State</th>
					<th scope="col">Made</th>
					<th scope="col">
						<span className="said">New version</span>
					</th>
				</tr>
			</thead>
			<tbody>
				{keys.map((key) => (
					<tr key={`${key.class} ${key.version}`}>
						<th scope="row">{CLASS_WORDS[key.class]}</th>
						<td className="number" data-label="Version">
							{key.version}
						</td>
						<td data-label="State">
							<span className={STATES[key.state][0]}>{STATES[key.state][1]}</span>
						</td>
						<td data-label="Made">
							<Time at={key.createdAt} />
						</td>
						<td>{key.state === 'ACTIVE' && <RotateKey of={key.class} onRotated={onRotated} />}</td>
					</tr>
				))}
			</tbody>
		</table>
	</div>
);
