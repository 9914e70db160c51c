import { SaveButton } from './save-button.tsx';

interface SaveRowProps {
	readonly label: string;
	readonly isSaving: boolean;
	readonly onCancel: () => void;
}

/** The buttons of a form that can be given up. */
export const SaveRow = ({ label, isSaving, onCancel }: SaveRowProps) => (
	<div className="row">
		<SaveButton label={label} isSaving={isSaving} />
		<button type="button" onClick={onCancel}>
			Cancel
		</button>
	</div>
);
