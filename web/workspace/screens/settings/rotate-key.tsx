import { useMutation } from '@apollo/client/react';
import { FirmJobsDocument, type FirmKeyClass, RotateFirmKeyDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { CLASS_WORDS } from '../../jobs/job-words.ts';

interface RotateKeyProps {
	readonly of: FirmKeyClass;
	readonly onRotated: () => Promise<unknown>;
}

export function RotateKey({ of, onRotated }: RotateKeyProps) {
	const [rotate] = useMutation(RotateFirmKeyDocument, { refetchQueries: [FirmJobsDocument] });
	return (
		<Confirm
			label="New version"
			about={CLASS_WORDS[of]}
			isSmall
			title="Make a new version of this key?"
			confirm="Make a new version"
			onConfirm={() =>
				rotate({ variables: { input: { class: of } } }).finally(() => void onRotated().catch(() => undefined))
			}
		>
			<p>
				{CLASS_WORDS[of]}: a new version encrypts everything from then on. What is encrypted already stays readable. The
				job appears below, and all owners get a notice.
			</p>
		</Confirm>
	);
}
