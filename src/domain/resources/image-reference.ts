import { limits } from './limits.ts';
import { templatedText, type TemplatedForm } from './templated.ts';

export const imageReferenceForm: TemplatedForm = {
  pattern: /^\S+$/,
  templated: /\{\{/,
  expected: 'expected an OCI image reference without blanks',
};

/** A reference to an OCI image or artifact. Only its shape as one word is checked: registries know the rest. */
export const imageReferenceSchema = templatedText(imageReferenceForm, limits.imageReferenceLength);
