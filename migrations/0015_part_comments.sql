ALTER TABLE `draft_comments` ADD `revision` integer;--> statement-breakpoint
ALTER TABLE `draft_comments` ADD `part` integer;--> statement-breakpoint
ALTER TABLE `draft_comments` ADD `suggestion` text;--> statement-breakpoint
ALTER TABLE `draft_comments` ADD `taken_in` integer;--> statement-breakpoint
ALTER TABLE `draft_revisions` ADD `accepted_by` text REFERENCES people(id);