"""Looks at a sound as the field's textbooks do: pictures, values, and livegenre's answers.

The only room that imports librosa and matplotlib; nothing that hears live sound imports it.
"""
