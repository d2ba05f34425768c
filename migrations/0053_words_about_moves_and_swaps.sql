ALTER TABLE `swaps` ADD `reason` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `week_hosts` ADD `moved_words` text;