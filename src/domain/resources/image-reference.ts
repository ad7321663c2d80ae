import { limits } from './limits.ts';
import { templatedText } from './templated.ts';

/** A reference to an OCI image or artifact. Only its shape as one word is checked: registries know the rest. */
export const imageReferenceSchema = templatedText(
  /^\S+$/,
  'expected an OCI image reference without blanks',
  limits.imageReferenceLength,
);
