import { Confirm } from '../parts/index.ts';
import type { AlarmKind } from './alarm.ts';

const TITLES: Readonly<Record<AlarmKind, string>> = {
	OTHER_KEY: 'The key of the log was changed',
	SIGNATURE: 'The log is not signed',
	OTHER_TREE: 'This is not the log of your firm',
	SHORTER: 'Entries of the log are missing',
	FORK: 'The log was changed',
	NOT_IN_ROOT: 'Your firm is shown a log of its own',
	LEAVES: 'Entries of the log are not those that were signed',
};

interface LogAlarmNoteProps {
	readonly alarm: { readonly kind: AlarmKind; readonly why: string };
	readonly otherKeys: readonly string[];
	readonly onTrust: () => void;
}

/** The log does not verify. Nothing on the page is said to be complete. */
export function LogAlarmNote({ alarm: { kind, why }, otherKeys, onTrust }: LogAlarmNoteProps) {
	return (
		<div className="note bad stack tight" role="alert" data-alarm={kind}>
			<p>
				<strong>{TITLES[kind]}.</strong> {why}
			</p>
			<p>
				Nothing on this page is proven now. What this browser has kept stays as it was, and is your evidence: do not
				clear its data.
			</p>
			{kind === 'OTHER_KEY' && (
				<>
					<p>The keys that the server offers:</p>
					{otherKeys.map((key) => (
						<p className="mono" key={key}>
							{key}
						</p>
					))}
					<div>
						<Confirm
							label="I have compared the key …"
							isDangerous
							title="Trust the new key?"
							confirm="Trust this key from now on"
							onConfirm={async () => onTrust()}
						>
							<p>
								Only if the platform has given you exactly this key in another way than this page: in a letter, on the
								phone, in the contract. Someone with another key could sign any log.
							</p>
						</Confirm>
					</div>
				</>
			)}
		</div>
	);
}
