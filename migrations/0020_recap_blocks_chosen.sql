ALTER TABLE `recap_blocks` ADD `choices` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `recap_blocks` ADD `pinned` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `recap_blocks` ADD `away` integer DEFAULT false NOT NULL;